/* event.h - for systems without one: found last, so a real one wins. */
#include "tests/lib/kevent_emul.h"
