@NullMarked
package io.millrace.processors.dedupe;

import org.jspecify.annotations.NullMarked;
