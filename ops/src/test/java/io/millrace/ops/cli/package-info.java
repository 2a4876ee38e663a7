@NullMarked
package io.millrace.ops.cli;

import org.jspecify.annotations.NullMarked;
