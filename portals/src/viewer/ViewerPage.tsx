// A frame over the whole page: an image, a table or a curve of it, and its header beside it.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Schemas } from "../api/client";
import { frameQuery, hdusQuery } from "../api/queries";
import { Header } from "../pages/frames/Header";
import { plain } from "../pages/files/plain";
import { PageHead } from "../parts/PageHead";
import { Empty, Shown } from "../parts/states";
import { Time } from "../parts/times";
import { CurvePanel } from "./CurvePanel";
import { ImageView } from "./ImageView";
import { NumbersView } from "./NumbersView";
import type { ViewerSearch } from "./search";

export default function ViewerPage() {
  const { organisation, frame: id } = useParams({ from: "/inside/$organisation/frames/$frame/view" });
  const frame = useQuery(frameQuery(organisation, id));
  const hdus = useQuery(hdusQuery(organisation, id));
  return (
    <Shown of={frame} lines={10} page>
      {(told) => (
        <div className="viewer-page">
          <PageHead
            title={plain(told.object ?? told.frame_type ?? "Frame")}
            under={
              <>
                <Time at={told.start_at} date seconds /> · <bdi>{plain(told.path)}</bdi>
              </>
            }
          >
            <Link className="button" to="/$organisation/frames/$frame" params={{ organisation, frame: id }}>
              Facts
            </Link>
          </PageHead>
          <Shown of={hdus} lines={10}>
            {(list) =>
              list.items.some((each) => each.tiles || each.has_curve) ? (
                <Opened key={id} organisation={organisation} frame={told} hdus={list.items} />
              ) : (
                <>
                  <Empty title="There is nothing in it to look at">
                    <p>It holds neither an image nor a table of FITS; its header is here all the same.</p>
                  </Empty>
                  <Header organisation={organisation} frame={id} />
                </>
              )
            }
          </Shown>
        </div>
      )}
    </Shown>
  );
}

type OpenedProps = { organisation: string; frame: Schemas["FrameDetail"]; hdus: Schemas["Hdu"][] };

function Opened({ organisation, frame, hdus }: OpenedProps) {
  const search = useSearch({ from: "/inside/$organisation/frames/$frame/view" });
  const navigate = useNavigate({ from: "/$organisation/frames/$frame/view" });
  const change = useCallback(
    (changed: ViewerSearch) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const shown = hdus.filter((each) => each.tiles || each.has_curve);
  const hdu = shown.find((each) => each.index === search.hdu) ?? shown.find((each) => each.tiles) ?? shown[0]!;
  const props = { organisation, hdus, hdu, search, change };
  if (hdu.tiles) {
    return (
      <>
        <ImageView frame={frame} {...props} />
        {hdu.has_curve ? <CurvePanel key={hdu.index} frame={frame.id} columns={null} {...props} /> : null}
      </>
    );
  }
  return (
    <>
      <NumbersView frame={frame.id} {...props} />
      <Header organisation={organisation} frame={frame.id} />
    </>
  );
}
