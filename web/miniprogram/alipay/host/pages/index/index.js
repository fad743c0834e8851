Page({
  open(e) { my.navigateTo({ url: `plugin://healthcode/${e.currentTarget.dataset.page}` }); },
});
