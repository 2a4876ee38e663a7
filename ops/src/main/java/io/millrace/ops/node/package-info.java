/** One node: its configuration, and the place where its objects are wired. */
@NullMarked
package io.millrace.ops.node;

import org.jspecify.annotations.NullMarked;
