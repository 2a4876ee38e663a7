@NullMarked
package io.millrace.processors.explain;

import org.jspecify.annotations.NullMarked;
