// A page's heading, which also names the browser's tab.
import { type ReactNode, useEffect } from "react";

export function PageHead({ title, under, children }: { title: string; under?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Uraniborg`;
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        {under ? <p>{under}</p> : null}
      </div>
      {children ? <div className="row">{children}</div> : null}
    </div>
  );
}
