/** Codecs: the bytes of a source's message as usage, strictly, without building a tree. */
@NullMarked
package io.millrace.connectors.codec;

import org.jspecify.annotations.NullMarked;
