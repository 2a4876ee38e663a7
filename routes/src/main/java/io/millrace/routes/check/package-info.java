/** The rules that a source route keeps, checked before it runs. */
@NullMarked
package io.millrace.routes.check;

import org.jspecify.annotations.NullMarked;
