/** Tariffs from their YAML to charges, judged by the oracle. */
@NullMarked
package io.millrace.tests.pricing;

import org.jspecify.annotations.NullMarked;
