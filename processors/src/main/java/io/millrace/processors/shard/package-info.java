/** The shard: all state under a set of roots, changed by one pure function with undo. */
@NullMarked
package io.millrace.processors.shard;

import org.jspecify.annotations.NullMarked;
