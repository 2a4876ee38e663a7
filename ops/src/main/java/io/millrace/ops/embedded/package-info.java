/** What a node can bring along: a real database in a folder. */
@NullMarked
package io.millrace.ops.embedded;

import org.jspecify.annotations.NullMarked;
