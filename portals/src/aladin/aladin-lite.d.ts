// What the frame uses of Aladin Lite, which comes without types.
declare module "aladin-lite" {
  type Shape = { id?: string };
  type Overlay = { add(shape: Shape): void; removeAll(): void };
  type Aladin = {
    addOverlay(overlay: Overlay): void;
    on(event: string, told: (shape: Shape | null) => void): void;
    gotoRaDec(raDeg: number, decDeg: number): void;
    setFoV(degrees: number): void;
    setBackgroundColor(colour: string): void;
  };
  const A: {
    init: Promise<void>;
    aladin(element: HTMLElement, options: Record<string, unknown>): Aladin;
    graphicOverlay(options: Record<string, unknown>): Overlay;
    polygon(places: [number, number][], options?: Record<string, unknown>): Shape;
    circle(raDeg: number, decDeg: number, radiusDeg: number, options?: Record<string, unknown>): Shape;
  };
  export default A;
}
