@NullMarked
package io.millrace.connectors.dedupe;

import org.jspecify.annotations.NullMarked;
