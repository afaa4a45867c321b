// Where the portal begins.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { TimesProvider } from "./parts/times";
import { makeRouter } from "./router";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What a person may not or cannot get does not come by asking again.
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
});

const root = document.getElementById("portal");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <TimesProvider>
          <RouterProvider router={makeRouter(queries)} />
        </TimesProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
