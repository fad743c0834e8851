package simulator

// PluginLogin is a user opening the plugin within the host's mini-program: the
// code that wx.pluginLogin gives, 64 characters long.
func (s *Simulator) PluginLogin(pluginID, host, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.give(s.app(pluginID), code{purpose: toUsePlugin, user: user, host: host}, 64)
}

// OpenPID is who the user is to that plugin in that host: another one in each.
func OpenPID(pluginID, host, user string) string {
	return "G" + digest("openpid "+pluginID+" "+host+" "+user)
}

// pluginUser answers wxa/getpluginopenpid, page getPluginOpenPId. Which of its
// numbers is for which code is told by those who met them: 1007 for codes of
// wx.login, and for used ones; 1005 is another plugin's.
func (s *Simulator) pluginUser(a *app, in struct{ Code string }) any {
	c := a.good(in.Code, toUsePlugin, s.now())
	for _, other := range s.apps {
		if given := other.codes[in.Code]; other != a && other.kind == plugin && given != nil {
			return s.failed(1005, "")
		}
	}
	switch {
	case in.Code == "":
		return s.failed(1001, "")
	case c == nil || c.used:
		return s.failed(1007, "")
	}
	c.used = true
	return ok(map[string]any{"openpid": OpenPID(a.id, c.host, c.user)})
}
