/** What all sources have in common: their state for an operator, and who may run which slot. */
@NullMarked
package io.millrace.connectors.source;

import org.jspecify.annotations.NullMarked;
