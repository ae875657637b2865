/* SPDX-License-Identifier: Apache-2.0 */
/* The words of this service. Values of the first four are those of proto/common.proto and proto/survey.proto,
 * so that rows, rules and wire agree; events_read.c and events_write.c hold them against each other. 0 always
 * means "not known". */
#pragma once

enum channel {
    CHANNEL_CHAT = 1,
    CHANNEL_APP,
    CHANNEL_PHONE,
    CHANNEL_EMAIL,
    CHANNEL_SOCIAL,
    CHANNEL_MARKETPLACE,
    CHANNEL_API,
    CHANNEL_COUNT,
};

enum language { LANGUAGE_ZH_CN = 1, LANGUAGE_EN, LANGUAGE_COUNT };

enum actor_role { ROLE_CUSTOMER = 1 }; /* of the others nothing is asked */

enum answered_by { ANSWERED_BY_PAGE = 1, ANSWERED_BY_CHAT };

/* Numbers are stored: add, never change. */
enum survey_status {
    SURVEY_PENDING = 1, /* the case is resolved; what decides whether to ask has not all come */
    SURVEY_SCHEDULED = 2,
    SURVEY_SENT = 3,
    SURVEY_ANSWERED = 4,
    SURVEY_EXPIRED = 5,    /* nobody answered in time */
    SURVEY_SUPPRESSED = 6, /* the rules forbid asking */
    SURVEY_CANCELLED = 7,  /* the case was reopened before it was sent */
};

enum { SCORE_LEAST = 1, SCORE_MOST = 5, COMMENT_MOST = 2000 }; /* COMMENT_MOST: characters */
