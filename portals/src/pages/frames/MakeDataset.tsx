// Makes a dataset of the frames that were chosen.
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useMakeDataset } from "../../api/mutations";
import { Failed } from "../../parts/states";

export function MakeDataset({ organisation, files }: { organisation: string; files: string[] }) {
  const make = useMakeDataset(organisation);
  const navigate = useNavigate();
  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    make.mutate(
      { name, files },
      {
        onSuccess: (made) =>
          void navigate({ to: "/$organisation/datasets/$dataset", params: { organisation, dataset: made.slug } }),
      },
    );
  }
  return (
    <form className="row" onSubmit={sent}>
      <label>
        <span className="unseen">Name of the dataset</span>
        <input name="name" required maxLength={200} placeholder="Name of the dataset" />
      </label>
      <button type="submit" className="first" disabled={make.isPending}>
        {make.isPending ? "Making it …" : "Make a dataset"}
      </button>
      {make.error ? <Failed error={make.error} /> : null}
    </form>
  );
}
