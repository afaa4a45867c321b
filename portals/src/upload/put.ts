// Sends bytes to a signed address, telling how far they are: only XMLHttpRequest tells that of what goes out.
import { Problem, type Schemas } from "../api/client";

const SET_BY_THE_BROWSER = new Set(["content-length", "host"]);

export function put(to: Schemas["SignedPut"], bytes: Blob, progress: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(to.method ?? "PUT", to.url);
    for (const [name, value] of Object.entries(to.headers)) {
      if (!SET_BY_THE_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Problem(request.status, "Not sent", `The store answered ${request.status}.`));
    };
    request.onerror = () => reject(new Problem(0, "No answer", "The connection to the store broke."));
    request.send(bytes);
  });
}
