/* uri.h - `wherry uri`, also under the name ssurl. */
#ifndef SS_URI_MAIN_H
#define SS_URI_MAIN_H

int uri_main(int argc, char **argv);

#endif
