// Where files are dropped or chosen.
import { FolderUp, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { type Chosen, ofDrop, ofInput } from "./chosen";

export function DropZone({ what, take }: { what: string; take: (chosen: Chosen[]) => void }) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  function dropped(event: DragEvent) {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    void ofDrop(event.dataTransfer).then(take);
  }
  const pick = (input: HTMLInputElement) => {
    if (input.files) take(ofInput(input.files));
    input.value = "";
  };
  return (
    <div
      className={over ? "drop-zone over" : "drop-zone"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <Upload size={28} aria-hidden="true" />
      <p>{what}</p>
      <div className="row">
        <button type="button" className="first" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" onClick={() => folder.current?.click()}>
          <FolderUp size={16} aria-hidden="true" /> Choose a folder
        </button>
      </div>
      <input ref={files} type="file" multiple hidden aria-label="Files" onChange={(event) => pick(event.target)} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Folder"
        onChange={(event) => pick(event.target)}
        {...{ webkitdirectory: "" }}
      />
    </div>
  );
}
