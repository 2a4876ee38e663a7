/** Double entry and the sharing of posted amounts. */
@NullMarked
package io.millrace.processors.ledger;

import org.jspecify.annotations.NullMarked;
