// What the frame uses of Aladin Lite, which comes without types.
declare module "aladin-lite" {
  type Shape = { id?: string };
  type Overlay = { add(shape: Shape): void; removeAll(): void };
  type Source = { data?: { id?: string } };
  type Catalogue = { addSources(sources: Source[]): void; removeAll(): void };
  type Aladin = {
    addOverlay(overlay: Overlay): void;
    addCatalog(catalogue: Catalogue): void;
    on(event: string, told: (chosen: (Shape & Source) | null) => void): void;
    gotoRaDec(raDeg: number, decDeg: number): void;
    setFoV(degrees: number): void;
  };
  const A: {
    init: Promise<void>;
    aladin(element: HTMLElement, options: Record<string, unknown>): Aladin;
    graphicOverlay(options: Record<string, unknown>): Overlay;
    catalog(options: Record<string, unknown>): Catalogue;
    source(raDeg: number, decDeg: number, data: Record<string, unknown>): Source;
    polygon(places: [number, number][], options?: Record<string, unknown>): Shape;
    circle(raDeg: number, decDeg: number, radiusDeg: number, options?: Record<string, unknown>): Shape;
  };
  export default A;
}
