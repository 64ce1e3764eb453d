package rules

import (
	"slices"
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// attachment holds when one file of the message is what all the given keys say.
type attachment struct {
	is    []string // groups of types
	types []string // last parts of names, without the dot
	allow []string // a file of any other type
	mime  []string // as the platform tells; "image/*" is every image
	size  compare  // in bytes; zero: not asked
}

// fileGroup is a name for several types of files.
type fileGroup struct {
	name  string
	types []string
	mime  []string // beginnings
}

// The groups. Types are the last part of a file's name: "photo.png.exe" is an exe.
var fileGroups = []fileGroup{
	{"executable", strings.Fields("exe scr bat cmd com msi msix ps1 vbs vbe js jse wsf wsh hta jar apk app dmg pkg deb rpm appimage sh lnk dll sys cpl pif reg iso img gadget"),
		[]string{"application/x-msdownload", "application/x-dosexec", "application/x-ms", "application/vnd.microsoft.portable-executable", "application/x-executable", "application/x-sh", "application/java-archive", "application/vnd.android.package-archive"}},
	{"archive", strings.Fields("zip rar 7z tar gz tgz bz2 xz zst cab arj lzh"),
		[]string{"application/zip", "application/x-rar", "application/vnd.rar", "application/x-7z", "application/x-tar", "application/gzip"}},
	{"document", strings.Fields("doc docm docx xls xlsm xlsx ppt pptm pptx pdf rtf odt ods odp"),
		[]string{"application/msword", "application/vnd.ms-", "application/vnd.openxmlformats", "application/pdf", "application/vnd.oasis"}},
	{"image", strings.Fields("png jpg jpeg gif webp avif heic bmp tiff svg"), []string{"image/"}},
	{"video", strings.Fields("mp4 webm mov mkv avi m4v wmv flv"), []string{"video/"}},
	{"audio", strings.Fields("mp3 ogg oga wav flac m4a aac opus"), []string{"audio/"}},
}

func parseAttachment(_ *parser, v yamlsrc.Value) (condition, bool) {
	var c attachment
	if v.Kind() != "map" {
		ok := c.groups(v)
		return c, ok
	}
	m, ok := v.Map("is", "type", "allow", "mime", "size")
	if !ok {
		return nil, false
	}
	if len(m.Fields()) == 0 {
		v.Errorf("write attachment: executable", "which files is missing")
		return nil, false
	}
	for _, f := range m.Fields() {
		good := false
		switch f.Name {
		case "is":
			good = c.groups(f.Value)
		case "type":
			c.types, good = fileTypes(f.Value)
		case "allow":
			c.allow, good = fileTypes(f.Value)
		case "mime":
			c.mime, good = mediaTypes(f.Value)
		case "size":
			c.size, good = size(f.Value)
		}
		ok = ok && good
	}
	return c, ok
}

func fileGroupNames() []string {
	out := make([]string, len(fileGroups))
	for i, g := range fileGroups {
		out[i] = g.name
	}
	return out
}

func (c *attachment) groups(v yamlsrc.Value) bool {
	names := fileGroupNames()
	ok := true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("kind of file", names...)
		c.is, ok = append(c.is, name), ok && good
	}
	if len(c.is) == 0 {
		v.Errorf("known here: "+strings.Join(names, ", "), "the list of kinds is empty")
		return false
	}
	return ok
}

// fileTypes reads [exe, zip]; a dot in front is not needed.
func fileTypes(v yamlsrc.Value) ([]string, bool) {
	names, ok := texts(v, "type")
	for i, name := range names {
		names[i] = strings.ToLower(strings.TrimPrefix(name, "."))
		if strings.ContainsAny(names[i], ". */\\") || names[i] == "" || names[i] == "any" {
			v.OneOrMany()[i].Errorf("write only the end of the name: exe", "%q is not a type of file", name)
			ok = false
		}
	}
	return names, ok
}

// mediaTypes reads [image/png, video/*].
func mediaTypes(v yamlsrc.Value) ([]string, bool) {
	names, ok := texts(v, "media type")
	for i, name := range names {
		if ok && !strings.Contains(name, "/") {
			v.OneOrMany()[i].Errorf("write it like image/png or image/*", "%q is not a media type", name)
			ok = false
		}
	}
	return names, ok
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"kB", 1000}, {"MB", 1000 * 1000}, {"GB", 1000 * 1000 * 1000}, {"B", 1}}

// largestFile is above what any platform takes.
const largestFile = 1 << 40

// size reads "> 8MB".
func size(v yamlsrc.Value) (compare, bool) {
	op, rest, ok := splitCompare(v, "> 8MB")
	if !ok {
		return compare{}, false
	}
	for _, unit := range sizeUnits {
		digits, found := strings.CutSuffix(strings.ToLower(rest), strings.ToLower(unit.name))
		if !found {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
		if err != nil {
			break
		}
		c := compare{op, int64(n) * unit.bytes}
		return c, sensible(v, c, largestFile)
	}
	v.Errorf(`write it like "> 8MB": kB, MB and GB are known`, "must compare with a size, got %q", v.Raw())
	return compare{}, false
}

// fileType is the last part of a file's name.
func fileType(name string) string {
	name = strings.TrimRight(name, " .")
	return strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
}

func isImage(a chat.Attachment) bool { return !a.Sticker && fileGroups[3].has(&a) }

func (g *fileGroup) has(a *chat.Attachment) bool {
	return slices.Contains(g.types, fileType(a.Name)) ||
		slices.ContainsFunc(g.mime, func(m string) bool { return strings.HasPrefix(strings.ToLower(a.MIME), m) })
}

func (c attachment) holds(a *chat.Attachment) bool {
	inGroup := func(g fileGroup) bool { return slices.Contains(c.is, g.name) && g.has(a) }
	switch {
	case c.is != nil && !slices.ContainsFunc(fileGroups, inGroup):
		return false
	case c.types != nil && !slices.Contains(c.types, fileType(a.Name)):
		return false
	case c.allow != nil && slices.Contains(c.allow, fileType(a.Name)):
		return false
	case c.mime != nil && !slices.ContainsFunc(c.mime, func(m string) bool { return mediaType(a.MIME, m) }):
		return false
	}
	return c.size.op == "" || c.size.holds(a.Size)
}

// mediaType tells whether a type is another, or of the family "image/*".
func mediaType(mime, want string) bool {
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	family, open := strings.CutSuffix(strings.ToLower(want), "*")
	return mime == family || open && strings.HasPrefix(mime, family)
}

func (c attachment) find(r *Reading) *chat.Attachment {
	content := r.said()
	if content == nil {
		return nil
	}
	for i := range content.Attachments {
		if c.holds(&content.Attachments[i]) {
			return &content.Attachments[i]
		}
	}
	return nil
}

func (c attachment) match(r *Reading, _ *History) bool { return c.find(r) != nil }

func (c attachment) reason(r *Reading, _ *History) chat.Reason {
	a := c.find(r)
	return chat.Reason{Say: chat.Say("reason.attachment", nil), Excerpt: strings.TrimSpace(a.Name + " " + a.MIME)}
}

func (c attachment) value(r *Reading, _ *History) string {
	if a := c.find(r); a != nil {
		return strconv.Quote(a.Name) + " " + a.MIME
	}
	return counted(r.Fact.Attachments, "file") + ", none of this kind"
}
