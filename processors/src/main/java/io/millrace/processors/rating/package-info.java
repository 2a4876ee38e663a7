/** Rating: price curves, windows and periods. */
@NullMarked
package io.millrace.processors.rating;

import org.jspecify.annotations.NullMarked;
