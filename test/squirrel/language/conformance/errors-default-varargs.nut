// Table 1.1: default parameters together with `...` are a compile error, as in stock.
function wrong(a, b = 1, ...) {}
