/** Tariffs tried without a node, by the engine that a node rates with. */
@NullMarked
package io.millrace.processors.trial;

import org.jspecify.annotations.NullMarked;
