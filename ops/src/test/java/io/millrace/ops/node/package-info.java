@NullMarked
package io.millrace.ops.node;

import org.jspecify.annotations.NullMarked;
