/** From a charge's printed id to its row. */
@NullMarked
package io.millrace.connectors.explain;

import org.jspecify.annotations.NullMarked;
