/** What could not be charged, for operators to read. */
@NullMarked
package io.millrace.connectors.suspense;

import org.jspecify.annotations.NullMarked;
