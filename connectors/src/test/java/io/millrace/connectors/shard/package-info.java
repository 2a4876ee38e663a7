@NullMarked
package io.millrace.connectors.shard;

import org.jspecify.annotations.NullMarked;
