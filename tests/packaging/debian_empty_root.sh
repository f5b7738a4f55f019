#!/usr/bin/env bash
# debian_empty_root.sh DIRECTORY: its .deb, by dpkg itself, into a root that holds nothing else.
set -euo pipefail
cd "$1"
package=$(echo ./*.deb)
root=$PWD/root
rm -rf "$root"
mkdir -p "$root"/var/lib/dpkg/{info,updates}
touch "$root"/var/lib/dpkg/{status,available}
run_dpkg() { dpkg --root="$root" --force-not-root --force-depends --force-script-chrootless --log="$PWD/dpkg.log" "$@"; }

dpkg-deb --info "$package"
for field in Depends Recommends Description; do [ -n "$(dpkg-deb --field "$package" $field)" ]; done
dpkg-deb --field "$package" Depends | grep -q libstdc++6
run_dpkg --install "$package"
for file in bin/distilbert include/distilbert/distilbert.hpp share/cmake/distilbert/distilbert-config.cmake \
  share/pkgconfig/distilbert.pc share/distilbert/models/sst2-mini/model.safetensors; do
  [ -f "$root/usr/$file" ] || { echo "missing: $file"; exit 1; }
done
[ "$("$root/usr/bin/distilbert" classify "A gripping, beautifully shot film." | cut -f 1)" = POSITIVE ]
"$root/usr/bin/distilbert" inspect | grep -q "$root/usr/share/distilbert/models/sst2-mini" # not the build's own
run_dpkg --purge distilbert
left=$(find "$root" -not -path "$root/var*" -type f)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
