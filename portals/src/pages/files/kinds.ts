// What kind of view a file gets: by the end of its name, since media types are what somebody said.
export type Kind = "text" | "table" | "notebook" | "picture" | "pdf" | "none";

const ENDS: [Kind, RegExp][] = [
  ["table", /\.(csv|tsv)$/i],
  ["notebook", /\.ipynb$/i],
  ["picture", /\.(png|jpe?g|gif|webp)$/i],
  ["pdf", /\.pdf$/i],
  ["text", /\.(txt|log|md|rst|json|jsonl|ya?ml|toml|ini|cfg|xml|html?|xhtml|svg|css|js|ts|py|r|sh|tex|bib|dat|lst|list|reg|hdr)$/i],
];

export function kindOf(path: string, mediaType: string): Kind {
  const named = ENDS.find(([, end]) => end.test(path))?.[0];
  return named ?? (mediaType.startsWith("text/") ? "text" : "none");
}

/** What a picture is drawn as: never anything that could hold a script. */
export function pictureType(path: string): string {
  const end = path.split(".").pop()?.toLowerCase() ?? "";
  return `image/${end === "jpg" ? "jpeg" : end}`;
}
