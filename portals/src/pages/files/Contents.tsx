// What is in a file: text, a table, a notebook's cells or a picture; of long ones the beginning.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { contentAddress, type Schemas } from "../../api/client";
import { beginningQuery } from "../../api/queries";
import { bytes, plural } from "../../parts/format";
import { Empty, Shown } from "../../parts/states";
import { type Kind, kindOf, pictureType } from "./kinds";
import { decode, isBinary, notebook, plain, separated } from "./plain";

type Props = { organisation: string; file: Schemas["File"] };

const MOST: Record<Kind, number> = {
  // bytes that are fetched to be shown
  text: 256_000,
  table: 256_000,
  notebook: 4_000_000,
  picture: 20_000_000,
  pdf: 0,
  none: 0,
};
const TABLE = { rows: 500, columns: 60 };
const CELL = 2000; // characters of a table's cell
const CELLS = 200; // of a notebook
const OUTPUT = 4000; // characters of what a cell printed

export function Contents({ organisation, file }: Props) {
  const kind = kindOf(file.path, file.media_type);
  if (kind === "pdf") {
    return (
      <Empty title="A PDF document">
        <p>Look at it in a reader of your own: documents of others are not opened here.</p>
        <a className="button" href={contentAddress(organisation, file.id)} target="_blank" rel="noreferrer">
          Get the PDF
        </a>
      </Empty>
    );
  }
  if (kind === "none" || (kind === "picture" && file.size_bytes > MOST.picture)) {
    return (
      <Empty title="No preview">
        <p>{kind === "none" ? "Files of this kind are not shown here" : "The picture is too large to be shown here"}: download it.</p>
      </Empty>
    );
  }
  if (!file.size_bytes) return <Empty title="The file is empty" />;
  return <Fetched organisation={organisation} file={file} kind={kind} />;
}

function Fetched({ organisation, file, kind }: Props & { kind: Kind }) {
  const asked = useQuery(beginningQuery(organisation, file.id, MOST[kind]));
  return (
    <Shown of={asked} lines={8}>
      {(got) => {
        if (kind === "picture") return <Picture of={got} type={pictureType(file.path)} name={plain(file.path)} />;
        if (isBinary(got)) return <Empty title="No preview">This is no text, whatever its name says: download it.</Empty>;
        const text = decode(got);
        return (
          <>
            {kind === "table" ? <Table text={text} /> : kind === "notebook" ? <Notebook text={text} /> : <Text text={text} />}
            {got.byteLength < file.size_bytes ? (
              <small>
                The first {bytes(got.byteLength)} of {bytes(file.size_bytes)}: download it for the rest.
              </small>
            ) : null}
          </>
        );
      }}
    </Shown>
  );
}

function Text({ text }: { text: string }) {
  return (
    <pre className="file-text" tabIndex={0} role="group" aria-label="Text of the file">
      {plain(text.slice(0, MOST.text))}
    </pre>
  );
}

function Table({ text }: { text: string }) {
  const { rows, isWhole } = separated(text, TABLE);
  const [head = [], ...body] = rows;
  const cut = (cell: string) => plain(cell.length > CELL ? `${cell.slice(0, CELL)}…` : cell);
  return (
    <>
      <div className="scroll" tabIndex={0} role="group" aria-label="Table of the file">
        <table>
          <thead>
            <tr>
              {head.map((cell, i) => (
                <th key={i}>
                  <bdi>{cut(cell)}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j}>
                    <bdi>{cut(cell)}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isWhole ? null : <small>The first {plural(rows.length, "line")}.</small>}
    </>
  );
}

function Notebook({ text }: { text: string }) {
  const cells = notebook(text);
  if (!cells) return <Text text={text} />;
  return (
    <>
      <ol className="notebook">
        {cells.slice(0, CELLS).map((cell, i) => (
          <li key={i}>
            <small>{plain(cell.kind.slice(0, 20))}</small>
            <pre className="file-text" tabIndex={0} role="group" aria-label={`Cell ${i + 1}`}>{plain(cell.source.slice(0, MOST.text))}</pre>
            {cell.outputs.filter(Boolean).map((output, j) => (
              <pre key={j} className="file-text printed" tabIndex={0} role="group" aria-label={`Printed by cell ${i + 1}`}>
                {plain(output.slice(0, OUTPUT))}
              </pre>
            ))}
          </li>
        ))}
      </ol>
      {cells.length > CELLS ? <small>The first {CELLS} of {plural(cells.length, "cell")}.</small> : null}
    </>
  );
}

/** A picture from bytes that are given a picture's type here, so that they are nothing else. */
function Picture({ of, type, name }: { of: ArrayBuffer; type: string; name: string }) {
  const [address, setAddress] = useState("");
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([of], { type }));
    setAddress(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [of, type]);
  if (broken) return <Empty title="No preview">This is no picture that the browser can draw: download it.</Empty>;
  return address ? (
    <span className="picture file-picture">
      <img src={address} alt={name} onError={() => setBroken(true)} />
    </span>
  ) : null;
}
