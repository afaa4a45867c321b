/** The choices of a select: things by their slugs, shown by their names. */
export function NamedOptions({ of }: { of: readonly { slug: string; name: string }[] | undefined }) {
  return of?.map((each) => (
    <option key={each.slug} value={each.slug}>
      {each.name}
    </option>
  ));
}
