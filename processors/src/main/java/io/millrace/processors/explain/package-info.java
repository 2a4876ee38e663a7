/** Why a charge is what it is, and what its hashes prove (I9). */
@NullMarked
package io.millrace.processors.explain;

import org.jspecify.annotations.NullMarked;
