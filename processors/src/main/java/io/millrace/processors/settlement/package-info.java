/**
 * Settlement: statements from ledger sums, the rounding and sharing differences that a close books,
 * and the decisions of a delivery. All of it is pure; {@code connectors.settlement} waits for it.
 */
@NullMarked
package io.millrace.processors.settlement;

import org.jspecify.annotations.NullMarked;
