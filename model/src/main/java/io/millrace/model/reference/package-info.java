/** Images that lie elsewhere: a record names where, how long and of which SHA-256. */
@NullMarked
package io.millrace.model.reference;

import org.jspecify.annotations.NullMarked;
