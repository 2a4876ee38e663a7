/** The Kamelets, as forms that a user fills in. */
@NullMarked
package io.millrace.connectors.kamelets;

import org.jspecify.annotations.NullMarked;
