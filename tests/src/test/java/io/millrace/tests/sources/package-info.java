/** Sources against real brokers in this process, with a gateway that is no more than the source. */
@NullMarked
package io.millrace.tests.sources;

import org.jspecify.annotations.NullMarked;
