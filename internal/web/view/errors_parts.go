package view

// FailureTitle is the title of the page of a failure.
func FailureTitle(status int) Text { return Failure{Status: status}.heading() }

// heading names what happened.
func (v Failure) heading() Text {
	switch v.Status {
	case 400:
		return Say("请求看不懂")
	case 403:
		return Say("您的角色不能办这件事")
	case 404:
		return Say("没有找到")
	case 405:
		return Say("这个地址不能这样用")
	case 409:
		return Say("别人刚刚改过")
	case 413:
		return Say("文件太大")
	case 422:
		return Say("填的内容有问题")
	case 429:
		return Say("请求太多，请稍等")
	case 503:
		return Say("现在办不了")
	}
	return Say("系统出了差错")
}

// advice is what to do, when the fault itself does not say.
func (v Failure) advice() Text {
	switch v.Status {
	case 400:
		return Say("可能是页面放得太久。请返回后刷新，再办一次。")
	case 403:
		return Say("如果工作需要，请向安全管理员申请相应的职务。")
	case 404:
		return Say("没有找到。可能已经移走，或者不在您的工作范围内。")
	case 405:
		return Say("请从页面上的按钮或链接进入。")
	case 409:
		return Say("您填写期间，别人改过同一条。请返回看看现在的内容，再决定要不要改。")
	case 413:
		return Say("请把文件分成几份，或者去掉图片和空白行，再上传。")
	case 422:
		return Say("请返回，按提示改好再提交。")
	case 429:
		return Say("一分钟后再试。")
	case 503:
		return Say("请过几分钟再试。您填的内容没有写入。")
	}
	return Say("系统出了差错，已经记下。请稍后再试；再不行，请把请求编号告诉管理员。")
}
