/** What a node can bring along where nothing is installed; each a real server, on loopback only. */
@NullMarked
package io.millrace.ops.embedded;

import org.jspecify.annotations.NullMarked;
