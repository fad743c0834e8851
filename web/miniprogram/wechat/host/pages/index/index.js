Page({
  open(e) { wx.navigateTo({ url: `plugin://healthcode/${e.currentTarget.dataset.page}` }); },
});
