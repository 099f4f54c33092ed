// A link that has come to its end: only the type can be made larger.

import { setUpTypeSize } from "/static/web/type_size.js";

setUpTypeSize(document.getElementById("type-size"), () => {});
