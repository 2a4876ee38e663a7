/** Proofs of the codec. */
@NullMarked
package io.millrace.connectors.codec;

import org.jspecify.annotations.NullMarked;
