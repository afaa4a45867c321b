// The places beside the page; on a phone the first of them stand below it, and the others on a sheet.
import { Link, useRouterState } from "@tanstack/react-router";
import { Ellipsis, Wrench } from "lucide-react";
import { useRef } from "react";
import { PLACES } from "./places";

type PlacesProps = { organisation: string; isOperator: boolean };

export function Places({ organisation, isOperator }: PlacesProps) {
  const sheet = useRef<HTMLDialogElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = PLACES.find((each) => path.split("/")[2] === each.to.split("/")[2]);
  const close = () => sheet.current?.close();
  const others = (
    <>
      {PLACES.filter((each) => !each.first).map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} params={{ organisation }} onClick={close}>
          <Icon size={20} aria-hidden="true" />
          <span>{name}</span>
        </Link>
      ))}
      {isOperator ? (
        <Link to="/-/health" onClick={close}>
          <Wrench size={20} aria-hidden="true" />
          <span>Operator</span>
        </Link>
      ) : null}
    </>
  );
  return (
    <>
      <nav aria-label="Pages">
        {PLACES.map(({ to, name, icon: Icon, key, first }) => (
          <Link key={to} to={to} params={{ organisation }} className={first ? "" : "later"} title={`${name}: g, then ${key}`}>
            <Icon size={18} aria-hidden="true" />
            <span>{name}</span>
          </Link>
        ))}
        {isOperator ? (
          <Link to="/-/health" className="later" title="How the service and all organisations do">
            <Wrench size={18} aria-hidden="true" />
            <span>Operator</span>
          </Link>
        ) : null}
        <button
          type="button"
          className={here && !here.first ? "more active" : "more"}
          aria-haspopup="dialog"
          onClick={() => sheet.current?.showModal()}
        >
          <Ellipsis size={18} aria-hidden="true" />
          <span>{here && !here.first ? here.name : "More"}</span>
        </button>
      </nav>
      <dialog
        ref={sheet}
        className="sheet"
        aria-label="More pages"
        onClick={(event) => {
          if (event.target === sheet.current) close(); // beside the sheet
        }}
      >
        <div>
          {others}
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      </dialog>
    </>
  );
}
