// The logo at the head of the public page: chosen, shown where the public sees it, and taken away.
import type { Schemas } from "../../api/client";
import { useRemoveLogo, useSetLogo } from "../../api/webhooks";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";

const LARGEST = 1_000_000; // bytes

/** Reads a file as base64, as the API takes it. */
const base64 = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new Error("The file cannot be read."));
    reader.readAsDataURL(file);
  });

export function LogoPanel({ organisation, look }: { organisation: string; look: Schemas["Portal"] }) {
  const set = useSetLogo(organisation);
  const remove = useRemoveLogo(organisation);
  const { logo } = look;
  const wrong = set.error ?? remove.error;

  async function take(input: HTMLInputElement) {
    const file = input.files?.[0];
    input.setCustomValidity(file && file.size > LARGEST ? "It is larger than a megabyte." : "");
    if (file && input.reportValidity()) set.mutate({ image: await base64(file) });
  }

  return (
    <section className="panel form" aria-label="Logo">
      <h2>Logo</h2>
      {logo ? (
        look.is_public ? (
          <div className="logo-shown">
            <img src={new URL(logo.address).pathname} width={logo.width_px} height={logo.height_px} alt="The logo" />
          </div>
        ) : (
          <p>
            There is one, {logo.width_px} × {logo.height_px} pixels; it is seen once the portal is.
          </p>
        )
      ) : (
        <Empty title="No logo yet">
          <p>It stands at the head of the public page, above the title.</p>
        </Empty>
      )}
      <label>
        {logo ? "Another one" : "Choose one"}: PNG, JPEG or WebP, at most 1 MB
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          disabled={set.isPending}
          onChange={(event) => void take(event.currentTarget)}
        />
      </label>
      {wrong ? <Failed error={wrong} /> : null}
      {logo ? (
        <div className="row">
          <Sure name="Take it away" title="Take the logo away?" disabled={remove.isPending} act={() => remove.mutate()}>
            <p>The public page stands without it at once. It is not kept: to show it again, it is to be sent again.</p>
          </Sure>
        </div>
      ) : null}
    </section>
  );
}
