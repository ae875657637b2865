/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lane.h"

/* As org.apache.kafka.common.utils.Utils.murmur2 */
static uint32_t murmur2(const unsigned char *at, size_t len)
{
    const uint32_t m = 0x5bd1e995U;
    uint32_t h = 0x9747b28cU ^ (uint32_t)len;
    for (; len >= 4; at += 4, len -= 4) {
        uint32_t k = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        k *= m;
        k ^= k >> 24;
        k *= m;
        h *= m;
        h ^= k;
    }
    if (len >= 3)
        h ^= (uint32_t)at[2] << 16;
    if (len >= 2)
        h ^= (uint32_t)at[1] << 8;
    if (len >= 1) {
        h ^= (uint32_t)at[0];
        h *= m;
    }
    h ^= h >> 13;
    h *= m;
    h ^= h >> 15;
    return h;
}

int32_t lane_of_key(struct text key, int32_t lane_count)
{
    uint32_t hash = murmur2((const unsigned char *)key.at, key.len) & 0x7fffffffU;
    return (int32_t)(hash % (uint32_t)lane_count);
}
