// Whoever opens a pass with an ordinary camera carries it no further.
history.replaceState(null, '', location.pathname + location.search);
