// Starts Swagger UI on the document of this server. Nothing is asked of any other.
"use strict";

SwaggerUIBundle({
  domNode: document.getElementById("calls"),
  url: document.getElementById("calls").dataset.document,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
