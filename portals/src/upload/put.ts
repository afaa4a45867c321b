// Sends bytes to a signed address, telling how far they are: only XMLHttpRequest tells that of what goes out.
import { Problem, type Schemas } from "../api/client";

const STALLED_MS = 90_000; // nothing goes over the line any more, and nobody says so
const LEAST_BYTES_PER_MS = 20;
const SET_BY_THE_BROWSER = new Set(["content-length", "host"]);

export function put(to: Schemas["SignedPut"], bytes: Blob, progress: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(to.method ?? "PUT", to.url);
    for (const [name, value] of Object.entries(to.headers)) {
      if (!SET_BY_THE_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    // Once all is handed on, somebody between may still be sending it.
    const allSent = STALLED_MS + bytes.size / LEAST_BYTES_PER_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    request.upload.onprogress = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), event.loaded >= event.total ? allSent : STALLED_MS);
      progress(event.loaded);
    };
    request.onloadend = () => clearTimeout(timer);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Problem(request.status, "Not sent", `The store answered ${request.status}.`));
    };
    const broken = new Problem(0, "No answer", "The connection to the store broke.");
    request.onabort = () => reject(broken);
    // A browser says of a file that it cannot read the same as of a line that broke.
    request.onerror = () =>
      void bytes
        .slice(0, 1)
        .arrayBuffer()
        .then(
          () => reject(broken),
          () => reject(new Error("It changed, or cannot be read any more: choose it again.")),
        );
    request.send(bytes);
  });
}
