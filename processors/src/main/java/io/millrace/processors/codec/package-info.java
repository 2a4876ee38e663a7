/** Numbers and bytes as compact, deterministic byte arrays: what the formats of the engine are made of. */
@NullMarked
package io.millrace.processors.codec;

import org.jspecify.annotations.NullMarked;
