// How the portal is built: into dist/, which the service serves under /app/.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/app/",
  plugins: [react()],
  build: {
    target: "es2022", chunkSizeWarningLimit: 2500, assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false,
    // Aladin Lite, which is large, has a document, and a policy, of its own.
    rollupOptions: { input: ["index.html", "aladin.html"] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000", "/objects": "http://127.0.0.1:8000" } },
});
